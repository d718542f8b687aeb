import { useSignal } from '@preact/signals';
import { go, query, showInAddress, to } from '../base/routing.ts';
import { useTyped } from '../base/typing.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/field.tsx';
import { CustomerField } from './staff-customer-field.tsx';
import {
  isFiltered,
  isProductId,
  localOf,
  orderNameOf,
  timeOf,
  type Filters,
} from './staff-filters.ts';
import './staff-filters.css';

const statusOptions = [
  ['', 'Any'],
  ['confirmed', 'Confirmed'],
  ['fulfilled', 'Fulfilled'],
  ['cancelled', 'Cancelled'],
] as const;

const nothing = {
  status: undefined,
  userId: undefined,
  productId: undefined,
  placedFrom: undefined,
  placedBefore: undefined,
};

export function OrderFilters({ filters }: { filters: Filters }) {
  const { status = '', userId, placedFrom, placedBefore } = filters;
  const asked = query.value.get('productId') ?? '';
  const product = useTyped(asked, (productId) => showInAddress({ productId }));
  const isOpen = useSignal(isFiltered(filters));
  return (
    <>
      <div class="staff-toggle">
        <Button
          icon="search"
          isPressed={isOpen.value}
          onPress={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          Filters
        </Button>
      </div>
      <div
        class={isOpen.value ? 'filters staff-filters open' : 'filters staff-filters'}
        role="search"
        aria-label="Orders"
      >
        <Select
          label="Status"
          value={status}
          options={statusOptions}
          onValue={(value) => showInAddress({ status: value })}
        />
        <CustomerField userId={userId} onChoose={(id) => showInAddress({ userId: id })} />
        <Field
          label="Product id"
          type="search"
          maxLength={64}
          value={product.text}
          error={asked && !isProductId(asked) ? 'No product has such an id' : undefined}
          onValue={product.type}
        />
        <When label="Placed from" name="placedFrom" time={placedFrom} />
        <When label="Placed before" name="placedBefore" time={placedBefore} />
        {isFiltered(filters) && (
          <Button look="quiet" icon="close" onPress={() => showInAddress(nothing)}>
            Clear filters
          </Button>
        )}
      </div>
    </>
  );
}

type WhenProps = {
  label: string;
  name: 'placedFrom' | 'placedBefore';
  time: string | undefined;
};

/** A time as the reader has it; in the address it is in UTC, and so the same for everybody. */
function When({ label, name, time }: WhenProps) {
  return (
    <div class="when">
      <Field
        label={label}
        type="datetime-local"
        value={localOf(time)}
        onValue={(value) => showInAddress({ [name]: timeOf(value) })}
      />
    </div>
  );
}

/** Leads to one order straight away. */
export function OpenOrder() {
  const text = useSignal('');
  const error = useSignal<string | undefined>(undefined);
  return (
    <form
      class="staff-open"
      onSubmit={(event) => {
        event.preventDefault();
        const id = orderNameOf(text.value);
        if (id) go(to('staffOrder', { id }));
        else error.value = 'Like ORD0042, or an id';
      }}
    >
      <Field
        label="Order number or id"
        hideLabel
        placeholder="Order number or id"
        maxLength={40}
        value={text.value}
        error={error.value}
        onValue={(value) => {
          text.value = value;
          error.value = undefined;
        }}
      />
      <Button type="submit">Open</Button>
    </form>
  );
}
