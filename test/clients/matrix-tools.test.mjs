// Every client dialect before every vendor's: tools.
import { describePairs } from './matrix/pairing.mjs';
import { toolUse } from './matrix/scenarios/tools.mjs';

describePairs({ 'tool use': toolUse });
