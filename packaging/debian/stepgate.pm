# SPDX-License-Identifier: Apache-2.0
# dh --with stepgate
use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;

insert_before('dh_gencontrol', 'dh_stepgate');
1;
