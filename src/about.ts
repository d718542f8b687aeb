import type { Config } from './config.ts';
import type { About } from './gateway/about-api.ts';

/** What this Bazar says of itself to anyone. */
export function aboutOf(config: Config, version: string): About {
  const { currency, staleSeconds, fixDays, mapTilesUrl, mapTilesAttribution } = config;
  const mapTiles = mapTilesUrl && { url: mapTilesUrl, attribution: mapTilesAttribution };
  return { name: 'Bazar', version, currency, staleSeconds, fixDays, ...(mapTiles && { mapTiles }) };
}
