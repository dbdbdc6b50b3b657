import '../lib/base.css';
import '../lib/controls.css';
import { mount } from '../lib/mount.tsx';
import './portal.css';
import { Portal } from './portal.tsx';

mount(<Portal />);
