import { about, type Call } from '../platform/call.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';

export type SecurityEvent =
  | 'logInRefused'
  | 'logInThrottled'
  | 'refreshReused'
  | 'passwordRefused'
  | 'passwordChanged'
  | 'roleChanged'
  | 'userDisabled'
  | 'userEnabled'
  | 'apiKeyCreated'
  | 'apiKeyRotated'
  | 'apiKeyRevoked'
  | 'apiKeyRefused';

/** Facts are ids and roles; what a person typed stays out, it may be a password. */
export type RecordEvent = (
  event: SecurityEvent,
  call: Call,
  facts?: Record<string, string>,
) => void;

/** Leaves a trace of what an auditor or an alert will ask about. */
export function securityRecorder(parts: {
  log: Log;
  metrics: Pick<Metrics, 'securityEvents'>;
}): RecordEvent {
  return (event, call, facts = {}) => {
    parts.metrics.securityEvents.inc({ event });
    parts.log.info({ ...about(call), event, ...facts }, 'security event');
  };
}
