# Read by CMake after llama.cpp's project(), when `make local` compiles the engine: the library alone is built, without
# what llama.cpp's own programs share (options, chat templates, downloads), which takes more than half of the time.
set(LLAMA_BUILD_COMMON OFF)
