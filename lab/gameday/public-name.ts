/** The application's public name: what its clients know. */
export const publicName = 'orders.shop.test';
