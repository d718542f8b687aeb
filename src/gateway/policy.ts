export type Role = 'customer' | 'courier' | 'staff';

/** Who may call an operation from outside. */
export type Policy = {
  who: 'anyone' | readonly Role[];
  /** What an API key must have been given; without one no API key may call this. */
  scope?: string;
  /** Guessing passwords and making accounts is dearer than reading. */
  limit?: 'logIn';
};

/** Not reachable from outside at all. */
export const internal = 'internal';

export const anyone: Policy = { who: 'anyone' };
export const logIn: Policy = { who: 'anyone', limit: 'logIn' };

/** Everyone who is signed in; the service looks whose things they are. */
export const signedIn = (scope?: string): Policy => ({
  who: ['customer', 'courier', 'staff'],
  ...(scope && { scope }),
});

export const staff = (scope?: string): Policy => ({ who: ['staff'], ...(scope && { scope }) });
