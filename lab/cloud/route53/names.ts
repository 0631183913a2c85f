/** Route 53 keeps names in lower case, with a trailing dot, and shows `*` as `\052`. */
export function normalName(name: string): string {
  const lower = name.toLowerCase().replaceAll('*', '\\052');
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** "Sorted by DNS name with the labels reversed: com.example.www." – ListResourceRecordSets */
export const reversedLabels = (normal: string): string => normal.split('.').reverse().join('.');

export const isWithin = (normal: string, zone: string): boolean => normal === zone || normal.endsWith(`.${zone}`);

/** The wildcard names that could answer for a name, nearest first; the zone's own apex has none above it. */
export function wildcardsFor(normal: string, zone: string): readonly string[] {
  const labels = normal.split('.');
  const parents = labels.map((_, index) => labels.slice(index).join('.')).filter((parent) => isWithin(parent, zone));
  return parents.slice(1).map((parent) => `\\052.${parent}`);
}
