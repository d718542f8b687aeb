import type { ComponentType } from 'preact';
import { place, to, type PageName } from './base/routing.ts';
import { isOutOfReach, isSettled, isStaff, resume, seesVehicles, user } from './base/session.ts';
import { RegisterPage } from './account/register-page.tsx';
import { SignInPage } from './account/sign-in-page.tsx';
import { Header } from './header.tsx';
import { Button, ButtonLink } from './parts/button.tsx';
import { Lazy } from './parts/lazy.tsx';
import { Empty, Waiting } from './parts/notice.tsx';
import { Page } from './parts/page.tsx';
import { Toasts } from './parts/toast.tsx';
import { BasketPage } from './shop/basket-page.tsx';
import { ProductPage } from './shop/product-page.tsx';
import { ShopPage } from './shop/shop-page.tsx';

type Audience = 'anyone' | 'signedIn' | 'vehicles' | 'staff';
type Shown = { for: Audience; page: ComponentType };

const later = (load: () => Promise<ComponentType>): ComponentType =>
  function Later() {
    return <Lazy load={load} />;
  };

/** One map for all vehicles: who chooses one goes on looking at it. */
const mapPage = later(async () => (await import('./map/map-page.tsx')).MapPage);

/** Every page, and whom it is for; Bazar itself decides again what it answers. */
const pages: Record<PageName, Shown> = {
  shop: { for: 'anyone', page: ShopPage },
  product: { for: 'anyone', page: ProductPage },
  basket: { for: 'anyone', page: BasketPage },
  signIn: { for: 'anyone', page: SignInPage },
  register: { for: 'anyone', page: RegisterPage },
  orders: {
    for: 'signedIn',
    page: later(async () => (await import('./orders/own-orders-page.tsx')).OwnOrdersPage),
  },
  order: {
    for: 'signedIn',
    page: later(async () => (await import('./orders/order-page.tsx')).OrderPage),
  },
  account: {
    for: 'signedIn',
    page: later(async () => (await import('./account/account-page.tsx')).AccountPage),
  },
  staffOrders: {
    for: 'staff',
    page: later(async () => (await import('./orders/staff-orders-page.tsx')).StaffOrdersPage),
  },
  staffOrder: {
    for: 'staff',
    page: later(async () => (await import('./orders/staff-order-page.tsx')).StaffOrderPage),
  },
  stock: {
    for: 'staff',
    page: later(async () => (await import('./stock/stock-page.tsx')).StockPage),
  },
  stockItem: {
    for: 'staff',
    page: later(async () => (await import('./stock/stock-item-page.tsx')).StockItemPage),
  },
  people: {
    for: 'staff',
    page: later(async () => (await import('./people/people-page.tsx')).PeoplePage),
  },
  map: { for: 'vehicles', page: mapPage },
  vehicle: { for: 'vehicles', page: mapPage },
  system: {
    for: 'staff',
    page: later(async () => (await import('./system/system-page.tsx')).SystemPage),
  },
};

export function App() {
  const { page, params } = place.value;
  // Another product is another page, with nothing left of the one before.
  const key = pages[page ?? 'shop'].page === mapPage ? 'map' : `${page} ${params['id'] ?? ''}`;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        {page ? <Admitted key={key} name={page} /> : <NotFound />}
      </main>
      <Toasts />
    </>
  );
}

/** Without a `#main` in the address, which says where the reader is and nothing else. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function Admitted({ name }: { name: PageName }) {
  const { for: audience, page: Content } = pages[name];
  if (audience === 'anyone') return <Content />;
  if (!isSettled.value) return isOutOfReach.value ? <OutOfReach /> : <Waiting rows={5} />;
  if (!user.value) return <SignInPage />;
  const isAdmitted =
    audience === 'signedIn' || (audience === 'staff' ? isStaff.value : seesVehicles.value);
  // What was shown to somebody else is not for who is signed in now.
  return isAdmitted ? <Content key={user.value.id} /> : <NotForYou audience={audience} />;
}

/** Nobody knows yet whether the reader is signed in, so that is not asked for. */
function OutOfReach() {
  return (
    <Page title="Bazar does not answer">
      <Empty icon="clock" title="It is tried again by itself">
        <p>As soon as Bazar answers, this page goes on. You are not signed out.</p>
        <Button onPress={() => void resume().catch(() => undefined)}>Try now</Button>
      </Empty>
    </Page>
  );
}

function NotForYou({ audience }: { audience: Audience }) {
  const whom = audience === 'staff' ? 'the people who run the shop' : 'couriers and staff';
  return (
    <Page title="Not for this account">
      <Empty icon="key" title={`This page is for ${whom}`}>
        <p>You are signed in as {user.value?.username}, and that account may not see it.</p>
        <ButtonLink href={to('shop')}>Go to the shop</ButtonLink>
      </Empty>
    </Page>
  );
}

function NotFound() {
  return (
    <Page title="There is no such page">
      <Empty icon="search" title="Nothing is at this address">
        <p>It may be mistyped, or what was here is gone.</p>
        <ButtonLink href={to('shop')}>Go to the shop</ButtonLink>
      </Empty>
    </Page>
  );
}
