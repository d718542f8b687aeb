/** The pages of the console: what its router knows, and what the gateway answers with them. */
export const consolePaths = {
  shop: '/',
  product: '/products/:id',
  basket: '/basket',
  orders: '/orders',
  order: '/orders/:id',
  signIn: '/sign-in',
  register: '/register',
  account: '/account',
  staffOrders: '/staff/orders',
  staffOrder: '/staff/orders/:id',
  stock: '/staff/stock',
  stockItem: '/staff/stock/:id',
  people: '/staff/people',
  map: '/map',
  vehicle: '/map/:id',
  system: '/system',
} as const;
