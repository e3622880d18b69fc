// Every client dialect before every vendor's: media, thoughts, searches of the web.
import { describePairs } from './matrix/pairing.mjs';
import { media } from './matrix/scenarios/media.mjs';
import { searches, thoughts } from './matrix/scenarios/thinking.mjs';

describePairs({ media, thoughts, searches });
