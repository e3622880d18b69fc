// Every client dialect before every vendor's: the vendors' own SDKs against a vendor that is strict about its own shapes. Here: words
// and what a request says besides.
import { describePairs } from './matrix/pairing.mjs';
import { settings } from './matrix/scenarios/settings.mjs';
import { text } from './matrix/scenarios/text.mjs';

describePairs({ text, settings });
