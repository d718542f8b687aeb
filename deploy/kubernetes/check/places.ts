import { ofKind, titleOf, type Cluster, type Labels } from './manifest.ts';
import { said } from './pods.ts';

const namespace = 'bazar';
const enforced: Labels = Object.fromEntries(
  ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);

/** Everything is in the one namespace, which lets in only what is restricted, and says whose it is. */
export function placeFlaws(cluster: Cluster): string[] {
  const [home] = ofKind(cluster, 'Namespace');
  const labels = home?.metadata.labels ?? {};
  const isEnforced = Object.entries(enforced).every(([key, value]) => labels[key] === value);
  return [
    ...(isEnforced ? [] : ['the namespace does not enforce the restricted standard']),
    ...cluster.all.flatMap((manifest) => {
      const { kind, metadata } = manifest;
      const isHome = kind === 'Namespace' && metadata.name === namespace;
      const flaws = said({
        'is in another namespace': !isHome && metadata.namespace !== namespace,
        'does not say that it is part of bazar':
          metadata.labels?.['app.kubernetes.io/part-of'] !== 'bazar',
      });
      return flaws.map((flaw) => `${titleOf(manifest)}: ${flaw}`);
    }),
  ];
}
