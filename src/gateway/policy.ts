export type Role = 'customer' | 'courier' | 'staff';

/** Who may call an operation from outside. */
export type Policy = {
  who: 'anyone' | readonly Role[];
  /** An API key needs one of these; without any no API key may call this. */
  scopes: readonly string[];
  /** Guessing passwords and making accounts is dearer than reading. */
  limit?: 'logIn';
  /** Where else than in a header the API key may be: in the query, as `key`. */
  keyIn?: 'query';
};

/** Not reachable from outside at all. */
export const internal = 'internal';

export const anyone: Policy = { who: 'anyone', scopes: [] };
export const logIn: Policy = { who: 'anyone', scopes: [], limit: 'logIn' };

/** Everyone who is signed in; the service looks whose things they are. */
export const signedIn = (...scopes: readonly string[]): Policy => ({
  who: ['customer', 'courier', 'staff'],
  scopes,
});

export const courierOrStaff = (...scopes: readonly string[]): Policy => ({
  who: ['courier', 'staff'],
  scopes,
});

export const staff = (...scopes: readonly string[]): Policy => ({ who: ['staff'], scopes });

/** For devices that can be given an address to call, and no headers. */
export const keyInQuery = (policy: Policy): Policy => ({ ...policy, keyIn: 'query' });
