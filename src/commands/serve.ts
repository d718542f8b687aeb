import { startApp } from '../app.ts';
import { isHere, readConfig } from '../config.ts';
import { buildConsole } from '../console-build.ts';
import {
  migrateAll,
  openDatabases,
  refuseOldSchemas,
  type DatabaseParts,
  type DatabaseUrls,
} from '../databases.ts';
import type { Services } from '../doors.ts';
import { ownCall } from '../platform/call.ts';
import { armCrash } from '../platform/crash.ts';
import { tidyHeap } from '../platform/heap.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';
import { refuseDemoSettings, refuseUnsafeDatabases } from '../production.ts';
import { playDemo } from '../replay/demo.ts';
import { prepareShop } from '../shop.ts';
import { createStopper } from '../stop.ts';
import type { Fix } from '../tracking/shapes.ts';
import { readVersion } from '../version.ts';
import { welcome } from '../welcome.ts';
import type { Command } from './command.ts';

const tidyAfterMs = 5_000;

export const run: Command = async (args, environment) => {
  const config = readConfig(args, environment);
  refuseDemoSettings(config);
  armCrash(config.crashAt);
  const version = readVersion();
  const log = createLog({ level: config.logLevel, name: [...config.targets].join(',') });
  const lifecycle = createLifecycle(log);
  const stopper = createStopper({ lifecycle, log, drainMs: config.drainMs });
  if (environment['npm_lifecycle_event']) stopper.endWithParent();
  const parts = { config, log, lifecycle, onGiveUp: stopper.fail };
  try {
    // While the database starts, the console is built: both take a second, the first time.
    const isDoor = isHere(config, 'gateway');
    const [databaseUrls] = await Promise.all([openDatabases(parts), isDoor && buildConsole(log)]);
    await fitSchemas(parts, databaseUrls);
    const admin = await prepareShop(parts, databaseUrls);
    const { addresses, services, health } = await startApp({ ...parts, databaseUrls, version });
    driveDemoVan(services, parts);
    stopper.started(health);
    // Whoever is ready has something better to do; and who stops soon need not tidy at all.
    setTimeout(tidyHeap, tidyAfterMs).unref();
    log.info({ ...addresses, version, mode: config.bazarMode }, 'serving');
    // Standard output is for logs; this is for a person.
    if (config.bazarMode === 'demo') process.stderr.write(welcome(addresses, admin));
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
  return stopper.stopped;
};

/** Something to look at: a vehicle that is on its way as long as the demo runs. */
function driveDemoVan({ tracking }: Services, { config, log, lifecycle }: DatabaseParts): void {
  const { bazarMode, demoVan = bazarMode === 'demo' } = config;
  if (!demoVan || !isHere(config, 'tracking')) return;
  const vehicle = 'demo-van';
  const report = (fixes: Fix[]) =>
    tracking.addFixes({ id: vehicle, fixes }, ownCall('demo', config.deadlineMs));
  const demo = playDemo({ vehicle, report, log });
  lifecycle.opened(vehicle, demo.close);
}

async function fitSchemas(parts: DatabaseParts, urls: DatabaseUrls): Promise<void> {
  const { bazarMode, migrateOnStart = bazarMode === 'demo' } = parts.config;
  await refuseUnsafeDatabases(parts.config, urls);
  await (migrateOnStart ? migrateAll(parts, urls) : refuseOldSchemas(parts, urls));
}
