import type { FastifyInstance } from 'fastify';
import { within } from './within.ts';

type Probe = () => Promise<unknown>;
export type Finding = { name: string; needed: boolean; ok: boolean; detail?: string };

export type Health = {
  /** Without it this process cannot serve: it decides readiness. */
  needs(name: string, probe: Probe): void;
  /** Shown, but somebody else's fault: an answer of 503 here would only spread it. */
  uses(name: string, probe: Probe): void;
  findings(): Promise<Finding[]>;
  /** From now on the process is not ready, so that balancers turn away before it closes. */
  drain(): void;
  draining(): boolean;
};

const probeMaxMs = 1_000;

export function createHealth(): Health {
  const probes: { name: string; needed: boolean; probe: Probe }[] = [];
  let drained = false;
  let current: Promise<Finding[]> | undefined;

  async function look({ name, needed, probe }: (typeof probes)[number]): Promise<Finding> {
    try {
      await within(probeMaxMs, probe(), () => new Error('no answer in time'));
      return { name, needed, ok: true };
    } catch (error) {
      return { name, needed, ok: false, detail: (error as Error).message };
    }
  }

  return {
    needs: (name, probe) => void probes.push({ name, needed: true, probe }),
    uses: (name, probe) => void probes.push({ name, needed: false, probe }),
    // However many ask at once, each probe runs once.
    findings: () =>
      (current ??= Promise.all(probes.map(look)).finally(() => {
        current = undefined;
      })),
    drain: () => {
      drained = true;
    },
    draining: () => drained,
  };
}

/**
 * The questions of an orchestrator: alive, ready, and how is it. What it is made of, and what of that
 * is away, is told on ports that are not public only.
 */
export function serveHealth(app: FastifyInstance, health: Health, isPublic = false): void {
  const hidden = { config: { operation: 'health' } };
  app.get('/health/live', hidden, () => ({ status: 'live' }));
  app.get('/health/ready', hidden, async (_request, reply) => {
    const findings = health.draining() ? [] : await health.findings();
    const missing = findings.filter(({ needed, ok }) => needed && !ok).map(({ name }) => name);
    if (!health.draining() && missing.length === 0) return { status: 'ready' };
    const status = health.draining() ? 'stopping' : 'not ready';
    return reply.code(503).send({ status, ...(!isPublic && { missing }) });
  });
  app.get('/health', hidden, async () => ({
    status: health.draining() ? 'stopping' : 'running',
    uptimeSeconds: Math.round(process.uptime()),
    ...(!isPublic && { checks: await health.findings() }),
  }));
}
