type Brush = (text: string) => string;

/** Colours by meaning are left to the caller of a renderer; the report itself knows no terminal. */
export interface Paint {
  readonly bold: Brush;
  readonly dim: Brush;
  readonly good: Brush;
  readonly bad: Brush;
  readonly doubtful: Brush;
  /** The Region that took over. */
  readonly accent: Brush;
}

const unpainted: Brush = (text) => text;

export const noPaint: Paint = {
  bold: unpainted,
  dim: unpainted,
  good: unpainted,
  bad: unpainted,
  doubtful: unpainted,
  accent: unpainted,
};
