/** Whether what is shown changes by itself right now. */
export function LiveMark({ isLive }: { isLive: boolean }) {
  return (
    <span class={isLive ? 'staff-live on' : 'staff-live'} role="status">
      {isLive ? 'Live' : 'Connecting again…'}
    </span>
  );
}
