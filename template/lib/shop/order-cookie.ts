/** The cookie that lets a visitor look at their own order. */
export const orderCookie = (number: number | string): string => `order-${number}`;
