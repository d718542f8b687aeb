import { registerHooks } from 'node:module';
import { mutants } from './mutants.ts';

// Loaded before all other modules of a process (`--import …/hook.ts?name=noTombstone`), it changes
// their text as they are read, so that nothing of this is in the product. Text that is not found
// ends the process: a control that changes nothing would prove nothing.
const name = new URL(import.meta.url).searchParams.get('name') ?? '';
const mutant = mutants[name];
if (!mutant) throw new Error(`There is no mutant ${name}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const changes = mutant.filter(({ file }) => url.endsWith(`/src/${file}`));
    if (changes.length === 0) return loaded;
    let source = textOf(loaded.source);
    for (const { from, to, file } of changes) {
      if (!source.includes(from)) throw new Error(`${file} does not contain ${from}`);
      source = source.replace(from, to);
    }
    return { ...loaded, source };
  },
});

function textOf(source: string | NodeJS.TypedArray | ArrayBuffer | undefined | null): string {
  return typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
}
