// #region records
export interface Order {
  id: string;
  country: string;
  total: number;
}
// #endregion

/** What a shop's API would give. */
export async function fetchOrders(region: string, _signal: AbortSignal): Promise<Order[]> {
  const orders = [
    { id: "a1", country: "de", total: 40 },
    { id: "a2", country: "fr", total: 25 },
    { id: "a3", country: "de", total: -1 },
    { id: "a4", country: "us", total: 99 },
  ];
  return orders.filter(({ country }) => (country === "us") === (region === "us"));
}
