/** What Bazar takes at most; more is refused, so it is said before it is sent. */
export const stockMax = 1_000_000_000;
export const holdMax = 1_000_000;
export const noteLengthMax = 200;
