// What is common comes first, so that a page can say otherwise.
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './style/parts.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { learnAbout } from './base/about.ts';
import { startRouting } from './base/routing.ts';
import { insist } from './base/retry.ts';
import { startSession } from './base/session.ts';
import { startTheme } from './base/theme.ts';

startTheme();
startRouting();
render(<App />, document.querySelector('#app') ?? document.body);
startSession();
void insist(learnAbout);
