import { useSignal } from '@preact/signals';
import { number } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';

const everyMs = 30_000;
const shownMax = 16;

type Props = { chosen: string; onChoose: (topic: string) => void };

/** What there is, by topic; without its list the shop is still all there. */
export function Topics({ chosen, onChoose }: Props) {
  const loaded = useLoad((signal) => api.listTopics({}, { signal }), [], { everyMs });
  const isOpen = useSignal(false);
  const items = loaded.value.value?.items;
  if (!items) return <div class="topics" />;
  const key = chosen.toLowerCase();
  const shown = isOpen.value
    ? items
    : items.filter(({ topic }, i) => i < shownMax || topic.toLowerCase() === key);
  return (
    <div class="topics" role="group" aria-label="Topics">
      <Topic name="All" isChosen={key === ''} onPress={() => onChoose('')} />
      {shown.map(({ topic, products }) => {
        const isChosen = topic.toLowerCase() === key;
        return (
          <Topic
            key={topic}
            name={topic}
            count={products}
            isChosen={isChosen}
            onPress={() => onChoose(isChosen ? '' : topic)}
          />
        );
      })}
      {items.length > shownMax && (
        <button
          type="button"
          class="topic-chip"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? 'Fewer topics' : 'More topics'}
        </button>
      )}
    </div>
  );
}

type TopicProps = { name: string; count?: number; isChosen: boolean; onPress: () => void };

function Topic({ name, count, isChosen, onPress }: TopicProps) {
  return (
    <button type="button" class="topic-chip" aria-pressed={isChosen} onClick={onPress}>
      {name}
      {count !== undefined && <span class="number">{number(count)}</span>}
    </button>
  );
}
