import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { place, query, to, type PageName } from './base/routing.ts';
import { isSettled, isStaff, seesVehicles, user } from './base/session.ts';
import { switchTheme, theme } from './base/theme.ts';
import { Button, ButtonLink } from './parts/button.tsx';
import { Icon, type IconName } from './parts/icon.tsx';
import { basketCount } from './shop/basket.ts';

type Entry = { page: PageName; label: string; icon: IconName; also?: readonly PageName[] };

const shopEntry: Entry = { page: 'shop', label: 'Shop', icon: 'shop', also: ['product', 'basket'] };
const ownEntry: Entry = { page: 'orders', label: 'My orders', icon: 'orders', also: ['order'] };
const staffEntries: readonly Entry[] = [
  { page: 'staffOrders', label: 'Orders', icon: 'orders', also: ['staffOrder'] },
  { page: 'stock', label: 'Stock', icon: 'stock', also: ['stockItem'] },
];
const mapEntry: Entry = { page: 'map', label: 'Map', icon: 'map', also: ['vehicle'] };
const houseEntries: readonly Entry[] = [
  { page: 'people', label: 'People', icon: 'people' },
  { page: 'system', label: 'System', icon: 'system' },
];

/** What this reader may go to. */
function entries(): Entry[] {
  return [
    shopEntry,
    ...(user.value && !isStaff.value ? [ownEntry] : []),
    ...(isStaff.value ? staffEntries : []),
    ...(seesVehicles.value ? [mapEntry] : []),
    ...(isStaff.value ? houseEntries : []),
  ];
}

/** The page itself, or one that is reached from it. */
function currentOf({ page, also = [] }: Entry): 'page' | 'true' | undefined {
  const here = place.value.page;
  if (here === page) return 'page';
  return here && also.includes(here) ? 'true' : undefined;
}

export function Header() {
  const isOpen = useSignal(false);
  const header = useRef<HTMLElement>(null);
  const close = () => {
    isOpen.value = false;
  };
  useEffect(
    () => (isOpen.value ? closeWhenLeft(header.current, isOpen) : undefined),
    [isOpen.value],
  );
  return (
    <header ref={header} class={isOpen.value ? 'top open' : 'top'}>
      <button
        type="button"
        class="button quiet burger"
        aria-label="Menu"
        aria-expanded={isOpen.value}
        aria-controls="pages"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={isOpen.value ? 'close' : 'menu'} />
      </button>
      <a class="brand" href={to('shop')}>
        <img src="/favicon.svg" alt="" width="30" height="30" />
        <span>Bazar</span>
      </a>
      <nav id="pages" aria-label="Pages">
        {entries().map((entry) => (
          <a key={entry.page} href={to(entry.page)} aria-current={currentOf(entry)} onClick={close}>
            <Icon name={entry.icon} />
            {entry.label}
          </a>
        ))}
      </nav>
      <div class="tools">
        <Button
          look="quiet"
          icon={theme.value === 'dark' ? 'sun' : 'moon'}
          label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
          onPress={switchTheme}
        />
        <BasketLink />
        <Who />
      </div>
    </header>
  );
}

/** The menu gives way to whatever else the reader turns to. */
function closeWhenLeft(header: HTMLElement | null, isOpen: Signal<boolean>): () => void {
  const left = new AbortController();
  const { signal } = left;
  const leave = ({ target }: Event) => {
    if (target instanceof Node && !header?.contains(target)) isOpen.value = false;
  };
  const escape = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape') return;
    isOpen.value = false;
    header?.querySelector<HTMLElement>('.burger')?.focus();
  };
  document.addEventListener('pointerdown', leave, { signal });
  document.addEventListener('focusin', leave, { signal });
  document.addEventListener('keydown', escape, { signal });
  return () => left.abort();
}

function BasketLink() {
  const count = basketCount.value;
  return (
    <a class="button quiet basket" href={to('basket')} aria-label={`Basket, ${count} in it`}>
      <Icon name="basket" />
      {count > 0 && <span class="count">{count > 99 ? '99+' : count}</span>}
    </a>
  );
}

/** After signing in the reader goes on where they were; the shop is where everybody begins. */
function wayBack(): string {
  const { page } = place.value;
  if (!page || page === 'shop' || page === 'signIn' || page === 'register') return '';
  const search = query.value.size > 0 ? `?${query.value}` : '';
  return `?next=${encodeURIComponent(`${to(page, place.value.params)}${search}`)}`;
}

function Who() {
  if (!isSettled.value) return null;
  if (!user.value) {
    return (
      <ButtonLink href={`${to('signIn')}${wayBack()}`} look="primary" small>
        Sign in
      </ButtonLink>
    );
  }
  return (
    <a
      class="button quiet who"
      href={to('account')}
      aria-label={`Account of ${user.value.username}`}
    >
      <Icon name="account" />
      <span>{user.value.username}</span>
    </a>
  );
}
