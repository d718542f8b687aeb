// The health check of the image: is the process in this container ready? Plain `node:http`, because
// it runs every few seconds beside the server and counts into the same memory.
import { get } from 'node:http';

// oxlint-disable-next-line node/no-process-env -- the same setting, without all that reads settings
const port = process.env['METRICS_PORT'] ?? '9464';
const asked = get({ host: '127.0.0.1', port, path: '/health/ready', timeout: 2_000 }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1);
});
asked.on('timeout', () => asked.destroy());
asked.on('error', () => process.exit(1));
