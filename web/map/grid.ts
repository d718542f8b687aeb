type Point = { x: number; y: number };

/** Finds what is near a point of the picture without looking at everything. */
export function createGrid<T>(cellPixels: number) {
  const cells = new Map<string, { point: Point; item: T }[]>();
  const cellOf = (value: number): number => Math.floor(value / cellPixels);

  return {
    clear: (): void => cells.clear(),
    add(point: Point, item: T): void {
      const key = `${cellOf(point.x)} ${cellOf(point.y)}`;
      const cell = cells.get(key);
      if (cell) cell.push({ point, item });
      else cells.set(key, [{ point, item }]);
    },

    /** The nearest one, if it is not further away than a cell is wide. */
    near({ x, y }: Point): T | undefined {
      let found: T | undefined;
      let best = cellPixels;
      const around = [-1, 0, 1];
      const keys = around.flatMap((dx) =>
        around.map((dy) => `${cellOf(x) + dx} ${cellOf(y) + dy}`),
      );
      for (const { point, item } of keys.flatMap((key) => cells.get(key) ?? [])) {
        const distance = Math.hypot(point.x - x, point.y - y);
        if (distance > best) continue;
        best = distance;
        found = item;
      }
      return found;
    },
  };
}
