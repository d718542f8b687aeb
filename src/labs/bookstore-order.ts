import { randomBytes, randomUUID } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { orderApi } from './bookstore-api.ts';
import { noBook } from './bookstore-catalog.ts';
import { changeKey } from './bookstore-forms.ts';
import type { LabParts } from './lab.ts';

type Parts = Pick<LabParts, 'services' | 'asStaff' | 'say'>;

/** The original knows no customers, so all of them are this one. */
const username = 'bookstore';
const email = 'bookstore@lab.invalid';

/** The order server of the bookstore: a purchase is an order of one copy. */
export function createBookOrder(parts: Parts): Service<typeof orderApi> {
  const { services, say } = parts;
  const customer = createCustomer(parts);

  return {
    async purchase({ id, idempotencyKey = randomUUID() }, call) {
      const asked = { ...call, caller: (await parts.asStaff()).caller };
      const wanted = { lines: [{ productId: id, quantity: 1 }], userId: await customer(asked) };
      const order = await services.orders
        .placeOrder({ ...wanted, idempotencyKey }, asked)
        .catch((error: unknown) => {
          throw inWords(error, id);
        });
      const title = order.lines[0]?.title ?? '';
      // The original has no order that is over; whoever repeats its request is told of the purchase.
      call.answer.status = 200;
      if (!call.answer.replayed) say(`bought book ${title}`);
      return { [changeKey]: `your purchase done successfully, you bought ${title}` };
    },
  };
}

/** Finds the one customer, or makes it when somebody buys for the first time. */
function createCustomer({ services: { users } }: Parts): (call: Call) => Promise<string> {
  let known: Promise<string> | undefined;

  async function find(call: Call, cursor?: string): Promise<string | undefined> {
    const from = cursor === undefined ? {} : { cursor };
    const { items, nextCursor } = await users.listUsers({ q: email, limit: 100, ...from }, call);
    const found = items.find((user) => user.email === email);
    if (found || nextCursor === undefined) return found?.id;
    return find(call, nextCursor);
  }

  async function make(call: Call): Promise<string> {
    const password = randomBytes(24).toString('base64url');
    try {
      const { id } = await users.register({ username, email, password }, { ...call, answer: {} });
      return id;
    } catch (error) {
      // Another process was first.
      const found = await find(call);
      if (found === undefined) throw error;
      return found;
    }
  }

  return (call) => {
    known ??= find(call).then((found) => found ?? make(call));
    return known.catch((error: unknown) => {
      known = undefined;
      throw error;
    });
  };
}

function inWords(error: unknown, id: string): unknown {
  if (!(error instanceof AppError)) return error;
  if (error.code === 'unknownProduct') return noBook(id);
  if (error.code !== 'outOfStock') return error;
  return new AppError('outOfStock', 'sorry, this book is sold out');
}
