import { defineConfig, type Plugin } from 'vite';
import { gatewayApi } from '../src/gateway/api.ts';
import type { Api } from '../src/platform/api.ts';
import { land } from './map/land-build.ts';

const routesId = 'virtual:routes';
const names = (schema: { properties: object } | undefined) => Object.keys(schema?.properties ?? {});

/** Of the public contract the page needs to know how to ask; its schemas stay on the server. */
function routes(): Plugin {
  const table = Object.entries<Api[string]>(gatewayApi).map(([name, operation]) => {
    const { method, path, query, headers } = operation;
    return [name, [method, path, names(query), names(headers)]] as const;
  });
  return {
    name: 'bazar-routes',
    resolveId: (id) => (id === routesId ? `\0${routesId}` : undefined),
    load: (id) =>
      id === `\0${routesId}`
        ? `export const routes = ${JSON.stringify(Object.fromEntries(table))};`
        : undefined,
  };
}

const page = (name: string) => new URL(`./${name}.html`, import.meta.url).pathname;

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  logLevel: 'warn',
  plugins: [routes(), land()],
  // `npx vite web` shows changes at once, on top of a Bazar that runs.
  server: { proxy: { '^/(v1|docs|openapi.json|asyncapi.json)': 'http://127.0.0.1:8080' } },
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // Everything is a file of its own: a policy that forbids `data:` scripts and styles holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index', 'lab-poll', 'lab-push'].map(page) },
  },
});
