import { constraintOf } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';

const fields: Record<string, { pointer: string; what: string }> = {
  accounts_username_unique: { pointer: '/username', what: 'username' },
  accounts_email_unique: { pointer: '/email', what: 'e-mail address' },
};

/** Only the database knows for sure that a name is free, at the moment it gives it away. */
export function nameTaken(error: unknown): never {
  const field = fields[constraintOf(error) ?? ''];
  if (!field) throw error;
  const { pointer, what } = field;
  throw new AppError('alreadyExists', `This ${what} is taken`, {
    errors: [{ in: 'body', pointer, detail: 'is taken' }],
  });
}
