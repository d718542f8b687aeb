import { settingsReader, type Secrets, type Told } from './environment.ts';
import { flowFlaws } from './flows.ts';
import { linkFlaws } from './links.ts';
import { clusterOf, type Cluster, type Manifest } from './manifest.ts';
import { placeFlaws } from './places.ts';
import { podFlaws } from './pods.ts';
import { schemaFlaws } from './schema.ts';
import { settingChecker } from './settings.ts';

type Looked = { cluster: Cluster; told: Told[] };
type Look = (looked: Looked) => Promise<string[]> | string[];
const names = ['shapes', 'places', 'links', 'pods', 'settings', 'flows'] as const;
export type Part = (typeof names)[number];

/** The check of what overlays make, where these secrets are. */
export function openCheck(secrets: Secrets) {
  const read = settingsReader(secrets);
  const checkSettings = settingChecker();
  const parts: Record<Part, Look> = {
    shapes: async ({ cluster }) => (await Promise.all(cluster.all.map(schemaFlaws))).flat(),
    places: ({ cluster }) => placeFlaws(cluster),
    links: ({ cluster }) => linkFlaws(cluster),
    pods: ({ cluster }) => podFlaws(cluster),
    settings: ({ told }) => checkSettings(told),
    flows: ({ cluster, told }) => flowFlaws(cluster, told),
  };
  /** What one part has to say. */
  async function flawsIn(part: Part, manifests: Manifest[]): Promise<string[]> {
    const cluster = clusterOf(manifests);
    const isTold = part === 'settings' || part === 'flows';
    return parts[part]({ cluster, told: isTold ? read(cluster) : [] });
  }
  /** All that is wrong. Our own rules trust in shapes, so these come first. */
  async function flawsOf(manifests: Manifest[]): Promise<string[]> {
    const odd = await flawsIn('shapes', manifests);
    if (odd.length > 0) return odd;
    return (await Promise.all(names.slice(1).map((part) => flawsIn(part, manifests)))).flat();
  }
  return { flawsIn, flawsOf };
}
