#include "answer.h"

extern "C" __attribute__((export_name("answer"))) int ExportedAnswer() { return Answer(); }
