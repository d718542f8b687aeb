const rules: Partial<Record<string, string>> = {
  'catalog K1': 'Stock is what its ledger and its reservations say',
  'catalog K2': 'No batch of orders waits long for its verdict',
  'orders K2': 'What has ended is told to the catalog soon',
  'orders O1': 'One customer has one order under one key',
  'orders O2': 'Orders are complete and cost what their lines cost',
};

/** What an invariant says, where it is known here. */
export const ruleWords = (service: string, invariant: string): string | undefined =>
  rules[`${service} ${invariant}`];

/** `refreshReused` reads as "Refresh reused". */
export function spoken(code: string): string {
  const words = code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
