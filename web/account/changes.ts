export type Details = { username: string; email: string; name: string };

type Changes = { username?: string; email?: string; name?: string | null };

/** What has to be sent; a name that was taken out is removed. */
export function changesBetween(before: Details, typed: Details): Changes {
  const after = {
    username: typed.username.trim(),
    email: typed.email.trim(),
    name: typed.name.trim(),
  };
  return {
    ...(after.username !== before.username && { username: after.username }),
    ...(after.email !== before.email && { email: after.email }),
    ...(after.name !== before.name && { name: after.name || null }),
  };
}
