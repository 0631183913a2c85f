import { writeFile } from 'node:fs/promises';

/** Writes a generated file, by its path in the repository, and says so. */
export async function writeGenerated(path: string, text: string): Promise<void> {
  await writeFile(new URL(`../${path}`, import.meta.url), text);
  console.log(`${path} written`);
}
