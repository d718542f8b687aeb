/** A set of states as packed words, in order of arrival: some thirty bytes for each. */
export type StateSet = {
  /** The index of a new state, or -1 if it is there already. */
  add(key: Uint32Array): number;
  /** The words of a state, valid until the next one is added. */
  get(index: number): Uint32Array;
  size(): number;
};

const sizeFirst = 1 << 12;
const empty = 0;

/** Open addressing over one growing array, because millions of strings would not fit. */
export function createStateSet(words: number): StateSet {
  let keys = new Uint32Array(sizeFirst * words);
  let slots = new Uint32Array(sizeFirst * 2);
  let size = 0;

  function isAt(index: number, key: Uint32Array): boolean {
    const start = index * words;
    for (let word = 0; word < words; word += 1) {
      if (keys[start + word] !== key[word]) return false;
    }
    return true;
  }

  /** The slot that has the key, or the empty one where it belongs. */
  function slotOf(key: Uint32Array): number {
    const mask = slots.length - 1;
    let slot = hashOf(key) & mask;
    for (;;) {
      const entry = slots[slot] ?? empty;
      if (entry === empty || isAt(entry - 1, key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function get(index: number): Uint32Array {
    return keys.subarray(index * words, (index + 1) * words);
  }

  function grow(): void {
    const more = new Uint32Array(keys.length * 2);
    more.set(keys);
    keys = more;
    slots = new Uint32Array(slots.length * 2);
    for (let index = 0; index < size; index += 1) slots[slotOf(get(index))] = index + 1;
  }

  return {
    add(key) {
      const slot = slotOf(key);
      if (slots[slot] !== empty) return -1;
      if (size * words === keys.length) {
        grow();
        return this.add(key);
      }
      keys.set(key, size * words);
      slots[slot] = size + 1;
      size += 1;
      return size - 1;
    },
    get,
    size: () => size,
  };
}

function hashOf(key: Uint32Array): number {
  let hash = 0x9e3779b9;
  for (const word of key) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 13;
  }
  return hash >>> 0;
}
