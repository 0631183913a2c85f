/** The lab's virtual time (lab/modelled/), which tests of single parts use as well. */
export { noon, type VirtualClock, virtualClock } from '../../lab/modelled/virtual-clock.ts';
