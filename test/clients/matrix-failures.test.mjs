// Every client dialect before every vendor's: what a vendor refuses, and what breaks in the middle.
import { describePairs } from './matrix/pairing.mjs';
import { failingProviders, failures, interruptions } from './matrix/scenarios/failures.mjs';

describePairs({ failures, interruptions }, failingProviders());
