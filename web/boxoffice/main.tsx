import '../lib/base.css';
import '../lib/controls.css';
import { mount } from '../lib/mount.tsx';
import './app.css';
import { App } from './app.tsx';

mount(<App />);
