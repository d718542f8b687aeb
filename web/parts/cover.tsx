const hues = [174, 28, 205, 340, 262, 95, 48, 15, 225, 300];

/** A picture for what has none: the same for the same product, and kin within a topic. */
export function Cover({ id, topic, title }: { id: string; topic: string; title: string }) {
  const hue = hues[hashOf(topic) % hues.length] ?? 174;
  const circles = [0, 1, 2].map((i) => {
    const part = hashOf(`${id} ${i}`);
    return { cx: part % 160, cy: (part >>> 8) % 100, r: 26 + ((part >>> 16) % 44) };
  });
  return (
    <svg
      class="cover"
      viewBox="0 0 160 100"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      style={{ '--hue': hue }}
    >
      <rect width="160" height="100" />
      {circles.map((circle, i) => (
        <circle key={i} {...circle} />
      ))}
      <text x="12" y="86">
        {initialsOf(title)}
      </text>
    </svg>
  );
}

function initialsOf(title: string): string {
  const words = title.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = words.slice(0, 2).map((word) => String.fromCodePoint(word.codePointAt(0) ?? 32));
  return letters.join('').toLocaleUpperCase();
}

function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return hash >>> 0;
}
