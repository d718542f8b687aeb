export const roles = ['customer', 'courier', 'staff'] as const;
export type Role = (typeof roles)[number];
export type Filters = { q?: string; role?: Role; disabled?: boolean };

const qCharsMax = 254;

/** Whom to list, as the address says it; what makes no sense there is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const q = query.get('q')?.trim().slice(0, qCharsMax);
  const role = roles.find((one) => one === query.get('role'));
  const disabled = query.get('disabled');
  return {
    ...(q && { q }),
    ...(role && { role }),
    ...((disabled === 'true' || disabled === 'false') && { disabled: disabled === 'true' }),
  };
}
