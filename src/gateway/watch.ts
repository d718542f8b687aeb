import type { Call } from '../platform/call.ts';
import type { IsLive, SignedIn } from './live-sessions.ts';

/** A stream with somebody at its end. */
export type Member = {
  caller: SignedIn;
  call: Call;
  say(text: string): void;
  end(): void;
};

type Parts = {
  isLive: IsLive;
  /** The text that keeps an idle connection alive. */
  beat: () => string;
  checkMs: number;
  beatMs: number;
};

export type Watch = {
  add(member: Member): void;
  remove(member: Member): void;
  /** Ends all streams. */
  close(): void;
};

/** So many checks in a row without an answer are as good as a no. */
const unansweredMax = 3;

/** Ends the streams of those whose session is over, and keeps the others from falling asleep. */
export function createWatch({ isLive, beat, checkMs, beatMs }: Parts): Watch {
  /** How many of the last checks had no answer. */
  const members = new Map<Member, number>();
  let timers: NodeJS.Timeout[] = [];
  let checking: Promise<unknown> | undefined;

  async function check(member: Member): Promise<void> {
    const { caller, call } = member;
    const deadlineAtMs = performance.now() + checkMs;
    const live = await isLive(caller, { ...call, deadlineAtMs, answer: {} }).catch(() => undefined);
    const unanswered = live === undefined ? (members.get(member) ?? 0) + 1 : 0;
    if (live === false || unanswered >= unansweredMax) member.end();
    else if (members.has(member)) members.set(member, unanswered);
  }

  function checkAll(): void {
    checking ??= Promise.all([...members.keys()].map(check)).finally(() => {
      checking = undefined;
    });
  }

  function beatAll(): void {
    const text = beat();
    for (const member of members.keys()) member.say(text);
  }

  function endTimers(): void {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  return {
    add(member) {
      members.set(member, 0);
      if (timers.length > 0) return;
      timers = [setInterval(checkAll, checkMs).unref(), setInterval(beatAll, beatMs).unref()];
    },

    remove(member) {
      members.delete(member);
      if (members.size === 0) endTimers();
    },

    close() {
      for (const member of members.keys()) member.end();
      endTimers();
    },
  };
}
