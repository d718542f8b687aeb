import type { Services } from './doors.ts';
import { ConfigError, type Config } from './config.ts';
import type { AdmitKey } from './gateway/guard.ts';
import { openLineDoor, type LineReport } from './gateway/line-door.ts';
import { ownCall } from './platform/call.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';

type Parts = {
  config: Config;
  services: Pick<Services, 'tracking'>;
  admitKey: AdmitKey;
  log: Log;
  lifecycle: Lifecycle;
};

/** Opens the port that takes fixes as lines, if there is to be one; says where it is. */
export async function openLinePort(parts: Parts): Promise<string | undefined> {
  const { config, services, admitKey, log, lifecycle } = parts;
  const { tcpHost: host, tcpPort: port, deadlineMs } = config;
  if (port === undefined) return undefined;

  async function report({ vehicleId, key, fix, peer }: LineReport): Promise<void> {
    const call = { ...ownCall('line door', deadlineMs), caller: { kind: 'anonymous' } as const };
    const caller = await admitKey({ key, address: peer, operation: 'addFixes' }, call);
    await services.tracking.addFixes({ id: vehicleId, fixes: [fix] }, { ...call, caller });
  }

  const print = (line: string): void => log.info({ line }, 'a line came');
  const door = await openLineDoor({ host, port, print, report, log }).catch((cause: Error) => {
    throw new ConfigError(`${cause.message}. Choose another port with TCP_PORT.`, { cause });
  });
  lifecycle.opened('port for lines', door.close);
  return `${door.host}:${door.port}`;
}
