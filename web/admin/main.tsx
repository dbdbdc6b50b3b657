import '../lib/base.css';
import '../lib/controls.css';
import { mount } from '../lib/mount.tsx';
import { Portal } from './portal.tsx';
import './portal.css';

mount(<Portal />);
