import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';

/**
 * Android calls every POST a form that says nothing of its body, also one without a body, as the
 * older Traccar Client sends it. A form that holds something is refused as before.
 */
export function takeEmptyForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, bytes, done) => {
    if (bytes.length === 0) done(null, undefined);
    else done(new AppError('unsupportedMediaType', 'Send JSON, or all fields in the query'));
  });
}
