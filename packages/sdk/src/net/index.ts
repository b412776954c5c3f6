export { type AddressRule, type CheckedTarget, checkTarget } from "./check-target.ts";
export { type GuardedInit, guardedFetch } from "./guarded-fetch.ts";
export { isPublicAddress } from "./public-address.ts";
