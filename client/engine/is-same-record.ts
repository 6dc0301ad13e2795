/** Tells whether two records say the same, in whatever order their fields stand. Pure. */
export function isSameRecord(one: object, other: object): boolean {
  return canonical(one) === canonical(other)
}

function canonical(record: object): string {
  const fields = Object.entries(record).filter(([, value]) => value !== undefined)
  return JSON.stringify(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
