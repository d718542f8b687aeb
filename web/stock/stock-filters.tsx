import { useLoad } from '../base/load.ts';
import { showInAddress } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { useTyped } from '../base/typing.ts';
import { Check, Field, Select } from '../parts/field.tsx';
import { sorts, type Wishes } from './stock-list.ts';

/** Every change begins with the first page again. */
const show = (fields: Record<string, string | undefined>) =>
  showInAddress({ ...fields, pages: undefined });

export function StockFilters({ wishes }: { wishes: Wishes }) {
  const { q, topic, sort, inStock } = wishes;
  const typed = useTyped(q, (text) => show({ q: text }));
  const topics = useLoad((signal) => api.listTopics({}, { signal }), []);
  const known = topics.value.value?.items.map((one) => one.topic) ?? [];
  // One that the address names stays chosen, although there may be nothing in it.
  const all = topic && !known.includes(topic) ? [topic, ...known] : known;
  const best = q ? 'Best match' : 'Title';
  return (
    <div class="filters stock-filters" role="search" aria-label="Products">
      <Field
        label="Search"
        type="search"
        maxLength={100}
        placeholder="Words in title or description"
        value={typed.text}
        onValue={typed.type}
      />
      <Select
        label="Topic"
        value={topic}
        options={[['', 'All topics'], ...all.map((one) => [one, one] as const)]}
        onValue={(value) => show({ topic: value })}
      />
      <Select
        label="Sort by"
        value={sort ?? ''}
        options={[['', best], ...sorts.filter(([, name]) => name !== best)]}
        onValue={(value) => show({ sort: value })}
      />
      <Check
        label="In stock only"
        isOn={inStock}
        onChange={(isOn) => show({ inStock: isOn ? 'true' : undefined })}
      />
    </div>
  );
}
