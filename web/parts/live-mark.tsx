/** Whether what is shown changes by itself right now. */
export function LiveMark({ isLive }: { isLive: boolean }) {
  return (
    <span class={isLive ? 'live-mark on' : 'live-mark'} role="status">
      {isLive ? 'Live' : 'Connecting again…'}
    </span>
  );
}
