import { query, showInAddress } from '../base/routing.ts';
import { useTyped } from '../base/typing.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/field.tsx';

const roleOptions = [
  ['', 'Any'],
  ['customer', 'Customers'],
  ['courier', 'Couriers'],
  ['staff', 'Staff'],
] as const;
const disabledOptions = [
  ['', 'Any'],
  ['false', 'Open'],
  ['true', 'Disabled'],
] as const;

const search = (q: string) => showInAddress({ q });

export function PeopleFilters() {
  const inAddress = query.value.get('q') ?? '';
  const typed = useTyped(inAddress, search);

  const role = query.value.get('role') ?? '';
  const disabled = query.value.get('disabled') ?? '';
  const isFiltered = inAddress !== '' || role !== '' || disabled !== '';
  return (
    <form
      class="filters"
      role="search"
      aria-label="People"
      onSubmit={(event) => {
        event.preventDefault();
        search(typed.text.trim());
      }}
    >
      <Field
        label="Username or e-mail begins with"
        type="search"
        inputMode="search"
        maxLength={254}
        value={typed.text}
        onValue={typed.type}
      />
      <Select
        label="Role"
        value={role}
        options={roleOptions}
        onValue={(value) => showInAddress({ role: value })}
      />
      <Select
        label="Account"
        value={disabled}
        options={disabledOptions}
        onValue={(value) => showInAddress({ disabled: value })}
      />
      {isFiltered && (
        <Button
          look="quiet"
          icon="close"
          onPress={() => showInAddress({ q: undefined, role: undefined, disabled: undefined })}
        >
          Show everybody
        </Button>
      )}
    </form>
  );
}
