import * as attributeMaps from '@kubernetes/client-node/dist/gen/models/all.js';
import { Ajv } from 'ajv';
import { customKinds } from './crds.ts';
import { titleOf, type Manifest } from './manifest.ts';

type Model = new (manifest: Manifest) => { validate(): void };
type Attribute = { baseName: string; type: string };
type Mapped = { getAttributeTypeMap?: () => Attribute[] } | undefined;
type Looked = { type: string; path: string };
type ValidationError = Error & { errors?: { instancePath: string; message?: string }[] };

const maps = attributeMaps as unknown as Readonly<Record<string, Mapped>>;
const ajv = new Ajv({ allErrors: true, strict: false });

/** What Kubernetes would not take: kinds, versions, fields and types that do not exist. */
export async function schemaFlaws(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind } = manifest;
  const title = titleOf(manifest);
  const custom = customKinds[`${apiVersion} ${kind}`];
  if (custom) {
    ajv.validate(custom, manifest);
    return (ajv.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${title}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
  const Kind = await modelOf(manifest);
  const type = `${capital(apiVersion.split('/').at(-1) ?? '')}${kind}`;
  if (!Kind || !maps[type]) return [`${title}: there is no ${kind} in ${apiVersion}`];
  const flaws = [...typeFlaws(new Kind(manifest)), ...unknownFields(manifest, { type, path: '' })];
  return flaws.map((flaw) => `${title}: ${flaw}`);
}

async function modelOf({ apiVersion, kind }: Manifest): Promise<Model | undefined> {
  // A group or version that is gone, or was never there, is a module that cannot be found.
  const models = await import(`kubernetes-models/${apiVersion}`).catch(() => ({}));
  return (models as Record<string, Model>)[kind];
}

function typeFlaws(model: { validate(): void }): string[] {
  try {
    model.validate();
    return [];
  } catch (error) {
    const { message, errors } = error as ValidationError;
    return errors?.map((one) => `${one.instancePath} ${one.message}`) ?? [message];
  }
}

/** The generated models take whatever is there, so what they do not name is found beside them. */
function unknownFields(value: unknown, { type, path }: Looked): string[] {
  if (value === null || typeof value !== 'object') return [];
  const [, item] = /^Array<(.*)>$/.exec(type) ?? [];
  const [, entry] = /^\{ \[key: string\]: (.*); \}$/.exec(type) ?? [];
  const under = (key: string, inner: string) =>
    unknownFields((value as Record<string, unknown>)[key], {
      type: inner,
      path: `${path}/${key}`,
    });
  const inner = item ?? entry;
  if (inner !== undefined) return Object.keys(value).flatMap((key) => under(key, inner));
  const known = maps[type]?.getAttributeTypeMap?.();
  if (!known) return [];
  return Object.keys(value).flatMap((key) => {
    const attribute = known.find(({ baseName }) => baseName === key);
    return attribute ? under(key, attribute.type) : [`${path}/${key} is no field of ${type}`];
  });
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
