#pragma once

int Answer();
