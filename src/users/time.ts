const dayMs = 86_400_000;

export const secondsAfter = (time: Date, seconds: number): Date =>
  new Date(time.getTime() + seconds * 1_000);

export const daysAfter = (time: Date, days: number): Date =>
  new Date(time.getTime() + days * dayMs);
