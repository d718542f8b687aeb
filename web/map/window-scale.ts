/** Where the slider ends; its steps are so fine that each length of a few seconds is on it. */
export const sliderMax = 1_000;
export const windowSecondsMax = 86_400;

/** From a second to a day, each part of the slider so many times longer than the one before. */
export function secondsAt(slider: number): number {
  const exact = windowSecondsMax ** (slider / sliderMax);
  return Math.round(exact / stepOf(exact)) * stepOf(exact);
}

export function sliderAt(seconds: number): number {
  return Math.round((Math.log(seconds) / Math.log(windowSecondsMax)) * sliderMax);
}

/** Lengths that people name: nobody wants 61 minutes and 7 seconds. */
function stepOf(seconds: number): number {
  const steps = [
    [7_200, 1_800],
    [600, 60],
    [60, 5],
  ] as const;
  return steps.find(([from]) => seconds >= from)?.[1] ?? 1;
}
